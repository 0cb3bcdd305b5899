"""Django's PostgreSQL engine, which tells every transaction who acts."""
