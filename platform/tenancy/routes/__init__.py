"""The addresses of tenancy, one file per slice; ``tenancy.urls`` puts them together."""
