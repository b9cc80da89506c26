"""The protocols by which other programs take part: what a backpack, a wallet or a server of a partner may do. Knows no routes."""
