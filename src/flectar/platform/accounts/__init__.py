"""People who sign in. Sign-up, sign-in, second factor and sessions are django-allauth's, with our own pages."""
