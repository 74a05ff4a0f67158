// SPDX-License-Identifier: MIT
// Whether this instance can serve: what a load balancer asks before it sends people here.
#pragma once

#include "http/request.h"
#include "http/response.h"

/** Answers /health/ready on the worker's connection: 200, or 503 with what is missing in words. */
void health_ready(struct request *r, struct response *res);
