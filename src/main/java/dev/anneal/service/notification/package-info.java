/** What is told to others: webhooks to tenants, runs and models to MLflow. */
@ApplicationModule(
        allowedDependencies = {
            "access :: tenant",
            "access :: web",
            "platform :: database",
            "platform :: outbound",
            "platform :: paging",
            "platform :: refusal",
            "platform :: request",
            "platform :: role",
            "platform :: schedule",
            "platform :: secret",
            "queue",
            "training :: history",
            "training :: job",
            "training :: settings"
        })
@NullMarked
package dev.anneal.service.notification;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
