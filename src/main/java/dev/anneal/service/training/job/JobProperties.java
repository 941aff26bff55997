package dev.anneal.service.training.job;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Fine-tuning jobs.
 *
 * @param validationInterval how often jobs are looked for whose files another process was to count; those counted here go on at once
 * @param fullTrainingMaxParameters largest model of which all weights may be trained; larger ones take an adapter
 */
@ConfigurationProperties("anneal.jobs")
record JobProperties(
        @DefaultValue("5s") Duration validationInterval,
        @DefaultValue("1000000000") long fullTrainingMaxParameters) {}
