package dev.anneal.service.training.admission;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Fine-tuning jobs.
 *
 * @param validationInterval how often a process looks for jobs whose files another process was to count; jobs whose
 *     files it counts itself continue at once
 * @param fullTrainingMaxParameters number of parameters of the largest model whose weights may all be trained; larger
 *     ones need an adapter
 * @param maxDevices most devices of a job, where workers that pool theirs are started when they are needed; 0 for as
 *     many as the running workers have
 */
@ConfigurationProperties("anneal.jobs")
record JobProperties(
        @DefaultValue("5s") Duration validationInterval,
        @DefaultValue("1000000000") long fullTrainingMaxParameters,
        @DefaultValue("0") int maxDevices) {}
