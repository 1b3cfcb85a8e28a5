"""The police feed: golden vectors and own simulator; Digest also against Apache's mod_auth_digest."""
