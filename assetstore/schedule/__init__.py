"""Running the jobs by themselves: cron, systemd, launchd, Task Scheduler."""
