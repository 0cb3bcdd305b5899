"""Tables without a row policy, each with the reason. Every other table must have one, or nothing starts.

A new model is behind the wall from its first migration (``toolkit.row_security.protect``) or stands here; see
``platform/handbook/walls.md``.
"""

from __future__ import annotations

_REGISTER = "The official register is public knowledge; no city writes into it."
_SIGN_IN = "Signing in reads it before anybody acts; the packages that own it ask for one person at a time."
_FRAMEWORK = "The framework's own; it says nothing of a city or a person."

OPEN = {
    # --- the register and the programme
    "tenancy_state": _REGISTER,
    "tenancy_district": _REGISTER,
    "tenancy_municipality": "The official register, public knowledge. Approvals add the mail domains that fit.",
    "tenancy_association": "Public knowledge, imported with the register.",
    "tenancy_associationmember": "Public knowledge, imported with the register.",
    "tenancy_topic": "Words that everybody chooses from.",
    "toolkit_legaltext": "Imprint, privacy and accessibility must be readable for everybody.",
    # --- people
    "tenancy_person": (
        "Signing in looks somebody up by address before anybody acts, and whoever publishes is named on what they "
        "publish, listed or not. Who is shown to whom is the first wall's: tenancy.policies.people."
    ),
    "tenancy_persontopic": "Belongs to the person's row, and is shown with it.",
    "tenancy_membership": (
        "Who must be told of something is found in it, whether or not whoever acts sees that network, and pilots are "
        "counted in it for everybody. It says who is where by numbers; the network's own row and its offices are "
        "behind the wall. Who is shown to whom is the first wall's: tenancy.policies.people."
    ),
    "tenancy_moderator": "The programme sees who moderates, and visitors' reports and applications are told to them.",
    # --- sign-in
    "django_session": _SIGN_IN,
    "account_emailaddress": _SIGN_IN,
    "account_emailconfirmation": _SIGN_IN,
    "mfa_authenticator": _SIGN_IN,
    "socialaccount_socialapp": _SIGN_IN,
    "socialaccount_socialaccount": _SIGN_IN,
    "socialaccount_socialtoken": _SIGN_IN,
    "axes_accessattempt": "Not written: failed attempts are kept in the cache.",
    "axes_accessattemptexpiration": "Not written: failed attempts are kept in the cache.",
    "axes_accessfailurelog": "Not written: failed attempts are kept in the cache.",
    "axes_accesslog": "Not written: failed attempts are kept in the cache.",
    # --- the framework and its packages
    "auth_group": _FRAMEWORK,
    "auth_group_permissions": _FRAMEWORK,
    "auth_permission": _FRAMEWORK,
    "django_content_type": _FRAMEWORK,
    "django_migrations": _FRAMEWORK,
    "taggit_tag": "Not written: topics have their own table.",
    "taggit_taggeditem": "Not written: topics have their own table.",
    "procrastinate_jobs": "The worker takes every job. A job carries whom it acts for, and a mail until it is sent.",
    "procrastinate_events": "What became of a job, without its contents.",
    "procrastinate_periodic_defers": "When a repeated job ran last.",
    "procrastinate_workers": "Which workers live.",
}
