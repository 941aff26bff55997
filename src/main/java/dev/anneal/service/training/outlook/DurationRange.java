package dev.anneal.service.training.outlook;

/** Between which durations a training lies. */
public record DurationRange(double fromSeconds, double toSeconds) {}
