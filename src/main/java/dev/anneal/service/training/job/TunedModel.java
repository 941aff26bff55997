package dev.anneal.service.training.job;

import java.time.Instant;

/** A model that a finished job has made: its base with an adapter. */
public record TunedModel(String name, long job, Instant createdAt) {}
