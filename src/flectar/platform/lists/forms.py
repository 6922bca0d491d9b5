"""What is typed about a view: its name and who sees it."""

from django import forms

from flectar.platform.lists.models import SavedView


class ViewForm(forms.ModelForm):  # type: ignore[type-arg]  # Django has no such argument at run time
    """The name of a view and who sees it."""

    class Meta:
        model = SavedView
        fields = ["name", "is_shared"]

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())


class NewViewForm(ViewForm):
    """What is kept comes along: the list's key and its query."""

    list = forms.SlugField(max_length=40)
    query = forms.CharField(max_length=1000)
