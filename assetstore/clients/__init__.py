"""What coding agents keep on a user's disk, and how to change it without harm."""
