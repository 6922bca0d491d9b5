"""Projects: one business each, with its profile, hours, place and modules.

Every tenant table of the product stands on `models.TenantModel`.
"""
