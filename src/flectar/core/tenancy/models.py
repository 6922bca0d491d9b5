"""The fields and the queryset of a tenant table. The abstract model itself lives in platform/projects:
a foreign key to Project must not point up from the core."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor, ForwardOneToOneDescriptor

from flectar.core.tenancy.schema import TenantIsolation, TenantReference
from flectar.core.tenancy.scope import NoProjectScope, current_project_id


class TenantQuerySet[M: models.Model](models.QuerySet[M]):
    """Filters by the project being served: the second belt, and it keeps indexes and plans readable."""

    if not TYPE_CHECKING:  # the types are those of Django's own

        @classmethod
        def as_manager(cls):
            manager = TenantManager.from_queryset(cls)()
            manager._built_with_asmanager = True  # as Django's own does, so that migrations accept it
            return manager


class TenantManager(models.Manager[Any]):
    def get_queryset(self) -> Any:
        project_id = current_project_id()
        if project_id is None:
            raise NoProjectScope(f"{self.model.__name__}.objects was used outside project_scope")
        return super().get_queryset().filter(project_id=project_id)


class ProjectKey(models.ForeignKey[Any, Any]):
    """The `project` of a tenant row. Brings row-level security and unique(project_id, id) with it."""

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs |= {"db_index": False, "editable": False, "related_name": "+", "default": current_project_id}
        super().__init__(to, on_delete, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("db_index", "editable", "related_name", "default"):
            kwargs.pop(fixed, None)
        return name, path, args, kwargs

    def contribute_to_class(self, cls: Any, name: str, *args: Any, **kwargs: Any) -> None:
        super().contribute_to_class(cls, name, *args, **kwargs)
        table = cls._meta.db_table
        _attach(cls, TenantIsolation(name=f"{table}_tenant"))
        _attach(cls, models.UniqueConstraint(fields=[name, "id"], name=f"{table}_in_project"))


class _NamesTheProject:
    """Rows behind a reference are asked for with their project's id. The policy names it too, but the planner cannot
    know which one it will be: it takes the project for an average one and reads every row of a large one."""

    if not TYPE_CHECKING:  # beside Django's own descriptors

        def get_queryset(self, *, instance):
            found = super().get_queryset(instance=instance)
            project_id = current_project_id()
            return found if project_id is None else found.filter(project_id=project_id)


class _Forward(_NamesTheProject, ForwardManyToOneDescriptor):  # type: ignore[type-arg]  # Django has no such argument at run time
    pass


class _ForwardOneToOne(_NamesTheProject, ForwardOneToOneDescriptor):  # type: ignore[type-arg]  # the same
    pass


class TenantForeignKey(models.ForeignKey[Any, Any]):
    """A foreign key between two tenant tables; the database holds the composite (project_id, x_id) key."""

    forward_related_accessor_class = _Forward

    def __init__(self, to: Any, on_delete: Any, **kwargs: Any) -> None:
        kwargs |= {"db_index": False, "db_constraint": False}
        super().__init__(to, on_delete, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_index", None)
        kwargs.pop("db_constraint", None)
        return name, path, args, kwargs

    def contribute_to_class(self, cls: Any, name: str, *args: Any, **kwargs: Any) -> None:
        super().contribute_to_class(cls, name, *args, **kwargs)
        _attach(cls, TenantReference(name=f"{cls._meta.db_table}_{name}_ref", field=name))


class TenantOneToOneField(models.OneToOneField[Any, Any]):
    """One row to one row of the same project."""

    forward_related_accessor_class = _ForwardOneToOne

    def __init__(self, to: Any, on_delete: Any, **kwargs: Any) -> None:
        kwargs |= {"db_constraint": False}
        super().__init__(to, on_delete, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        return name, path, args, kwargs

    def contribute_to_class(self, cls: Any, name: str, *args: Any, **kwargs: Any) -> None:
        super().contribute_to_class(cls, name, *args, **kwargs)
        _attach(cls, TenantReference(name=f"{cls._meta.db_table}_{name}_ref", field=name))


def _attach(cls: Any, constraint: models.BaseConstraint) -> None:
    """Add a constraint to a real model: not to an abstract one, nor to a migration's historical model,
    whose constraints are exactly those that its migration names."""
    meta = cls._meta
    if meta.abstract or cls.__module__ == "__fake__" or any(c.name == constraint.name for c in meta.constraints):
        return
    meta.constraints = [*meta.constraints, constraint]
    meta.original_attrs["constraints"] = meta.constraints


__all__ = ["ProjectKey", "TenantForeignKey", "TenantManager", "TenantOneToOneField", "TenantQuerySet"]
