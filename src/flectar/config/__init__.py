"""The only place that knows everything: settings, URLs, modules, reactions, the `flectar` command."""
