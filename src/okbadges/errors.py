"""The error tree of okbadges: what went wrong, in words a person can act on. It knows no HTTP.

Every error carries a kebab-case ``code`` that never changes its meaning, a ``detail`` that says what to do next and,
where one field of the input is at fault, its ``field`` (dotted path, for example ``share.expires_on``). Which status code
an error becomes is decided in one place: ``okbadges.edge.problems``.
"""


class OkbadgesError(Exception):
    """Anything that okbadges itself refuses or cannot do."""

    title = "Something went wrong"

    def __init__(self, code: str, detail: str, *, field: str | None = None) -> None:
        """Keep the stable ``code``, the human ``detail`` and the ``field`` at fault, if one is."""
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.field = field


class InvalidInput(OkbadgesError):
    """What was sent cannot be accepted as it is; sending something else can help."""

    title = "The request cannot be accepted as it is"


class MalformedInput(InvalidInput):
    """What was sent cannot even be read (JSON, encoding, limits of shape)."""

    title = "The request cannot be read"


class TooLarge(InvalidInput):
    """What was sent is over a size limit; the limit is named in the detail."""

    title = "The request is too large"


class NotAcceptable(OkbadgesError):
    """The caller takes only forms that there is no answer in."""

    title = "There is no answer in that form"


class UnsupportedMediaType(InvalidInput):
    """What was sent says that it is of a kind that is not taken here; the kinds are named in the detail."""

    title = "This kind of body is not taken here"


class NotFound(OkbadgesError):
    """There is no such thing, or the caller may not know that there is."""

    title = "Not found"


class Gone(OkbadgesError):
    """It was here and was taken back or has ended, on purpose."""

    title = "No longer available"


class NotAuthenticated(OkbadgesError):
    """The caller did not say who they are in a way that holds."""

    title = "Access key needed"


class NotAllowed(OkbadgesError):
    """The caller is known and may not do this."""

    title = "Not allowed with this access key"


class Conflict(OkbadgesError):
    """The state of things does not allow it (already used, in flight, superseded)."""

    title = "This conflicts with what is already there"


class TooManyRequests(OkbadgesError):
    """Too many attempts in a short time; ``retry_after_seconds`` says when to come back."""

    title = "Too many requests"

    def __init__(self, code: str, detail: str, *, retry_after_seconds: int) -> None:
        """Keep how long to wait, in seconds."""
        super().__init__(code, detail)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(OkbadgesError):
    """Something we need does not work right now; the same request may succeed later."""

    title = "Not available right now"


class ConfigurationError(OkbadgesError):
    """The installation is not set up; the detail is one sentence and the command that mends it."""

    title = "okbadges is not set up"


class CredentialError(OkbadgesError):
    """A credential, key, proof or file breaks a rule; ``where`` is a JSON pointer into it (empty: the whole of it)."""

    title = "The credential breaks a rule"

    def __init__(self, code: str, detail: str, *, where: str = "") -> None:
        """Keep the JSON pointer of the offending member."""
        super().__init__(code, detail, field=where or None)
        self.where = where
