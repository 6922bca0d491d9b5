"""When something is free, and giving it away: diaries, wishes, claims, limits, nights and seats."""
