"""Backup and restore: one folder holds the database, the files, and a list that both are checked against."""
