"""What keeps an installation alive: backup and restore, the second place, the doctor, retention, handing an issuer over."""
