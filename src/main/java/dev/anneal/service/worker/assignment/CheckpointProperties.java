package dev.anneal.service.worker.assignment;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How many checkpoints of a job are kept.
 *
 * @param kept how many of a job's newest checkpoints are kept, including the final one; an older one is kept as well if
 *     an export or evaluation was made from it or a job started from it
 */
@Validated
@ConfigurationProperties("anneal.checkpoints")
record CheckpointProperties(@DefaultValue("10") @Min(1) int kept) {}
