"""After issuing: looking a credential up, taking it back, giving it anew, and the copies that follow it."""
