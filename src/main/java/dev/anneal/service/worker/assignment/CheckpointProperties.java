package dev.anneal.service.worker.assignment;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What is kept of a training.
 *
 * @param kept how many of a job's newest checkpoints are kept, the final one among them; an older one stays while an export or
 *     evaluation was made from it
 */
@Validated
@ConfigurationProperties("anneal.checkpoints")
record CheckpointProperties(@DefaultValue("10") @Min(1) int kept) {}
