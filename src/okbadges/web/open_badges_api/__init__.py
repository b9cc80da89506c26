"""``/ims/ob/v3p0``: the Open Badges 3.0 API as its text has it, for programs that the holder of a passport allowed to call it."""

from okbadges.web.open_badges_api import credentials, discovery, profile
from okbadges.web.open_badges_api.status_info import PATHS, status_info

__all__ = ["PATHS", "ROUTERS", "status_info"]

ROUTERS = (discovery.router, credentials.router, profile.router)
