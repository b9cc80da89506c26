"""OAuth 2.0: how a program gets a token, from its organisation's access key or from a holder who allows it. Authlib knows the protocol.

Everything that needs authlib is in `server` and what it imports: the library costs every start, so these are imported when they are called.
"""
