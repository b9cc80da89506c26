"""What `schemathesis` is told of media types that it does not know: a JWT is sent as a text."""

import schemathesis

schemathesis.serializer.alias(["application/vc+jwt", "application/jwt"], "text/plain")
