"""What an Open Badges 3.0 credential is, how it is signed, packed and checked. Pure, and a library on its own."""
