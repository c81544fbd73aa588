"""Channel adapters: pure translations between a platform and the app. They import nothing from `app`."""
