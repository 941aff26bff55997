package dev.anneal.service.access.quota;

/**
 * Current usage of a tenant.
 *
 * @param storedBytes files, checkpoints and exports, without unpublished output of running work
 * @param trainingHoursThisMonth training hours of the calendar month in UTC, including running attempts
 */
public record Usage(int runningJobs, int unfinishedJobs, long storedBytes, double trainingHoursThisMonth) {}
