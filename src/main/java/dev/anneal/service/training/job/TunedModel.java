package dev.anneal.service.training.job;

import java.time.Instant;

/** A model of a finished job. */
public record TunedModel(String name, long job, Instant createdAt) {}
