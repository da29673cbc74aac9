package postgres

const envRole = "HEADWAY_TEST_ROLE"

func work(string) int { return 2 }
