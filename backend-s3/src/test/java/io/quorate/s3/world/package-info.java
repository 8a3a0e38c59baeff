// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/** Groups of S3 replicas in random worlds. */
@NullMarked
package io.quorate.s3.world;

import org.jspecify.annotations.NullMarked;
