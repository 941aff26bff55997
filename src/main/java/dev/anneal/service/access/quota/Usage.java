package dev.anneal.service.access.quota;

/**
 * What a tenant uses now.
 *
 * @param storedBytes files, checkpoints and exports; what running work has not yet published is not in it
 * @param trainingHoursThisMonth of the calendar month in UTC, running attempts included
 */
public record Usage(int runningJobs, int unfinishedJobs, long storedBytes, double trainingHoursThisMonth) {}
