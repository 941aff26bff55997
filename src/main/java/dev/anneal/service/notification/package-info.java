/** Outbound notifications: webhooks to tenants, runs and models to MLflow. */
@ApplicationModule(allowedDependencies = {"access :: *", "platform :: *", "queue", "queue :: *", "training :: *"})
package dev.anneal.service.notification;

import org.springframework.modulith.ApplicationModule;
