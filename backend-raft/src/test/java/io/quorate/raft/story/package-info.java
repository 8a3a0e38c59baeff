// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/** Failures of a Raft group, each told in order on whole replicas in virtual time. */
@NullMarked
package io.quorate.raft.story;

import org.jspecify.annotations.NullMarked;
