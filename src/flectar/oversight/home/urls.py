"""Pages under /<project>/."""

from django.urls import path

from flectar.oversight.home import views

dashboard = [
    path("", views.today, name="today"),
    path("weeks.csv", views.weeks, name="weeks"),
    path("search", views.search, name="search"),
    path("checklist/dismissal", views.dismissal, name="dismissal"),
]
