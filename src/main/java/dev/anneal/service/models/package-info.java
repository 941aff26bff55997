/** Base models: which are allowed, where they are on this host, and how they are pulled from the Hub. */
@ApplicationModule(allowedDependencies = "platform :: *")
package dev.anneal.service.models;

import org.springframework.modulith.ApplicationModule;
