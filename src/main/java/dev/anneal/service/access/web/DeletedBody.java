package dev.anneal.service.access.web;

/** The answer to a deletion. */
public record DeletedBody(String id, String object, boolean deleted) {}
