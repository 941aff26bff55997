/** Outbound notifications: webhooks to tenants, runs and models to MLflow. */
@ApplicationModule(allowedDependencies = {"access :: *", "platform :: *", "queue", "queue :: *", "training :: *"})
@NullMarked
package dev.anneal.service.notification;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
