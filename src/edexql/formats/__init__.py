"""What files look like: text or bytes to values, for the client, the server and the catalogue alike."""
