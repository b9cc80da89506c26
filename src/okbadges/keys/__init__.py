"""The keys of an issuer: one keyring, where private keys are kept, and how one key follows another."""
