"""Every byte of a workspace held to the digest, the copy or the commit that it goes by."""
