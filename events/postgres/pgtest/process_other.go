//go:build !linux

package pgtest

import "os/exec"

// startBound starts a process. Outside Linux it outlives a test binary that is
// killed.
func startBound(cmd *exec.Cmd, exited chan<- struct{}) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() {
		_ = cmd.Wait() // its exit code is of no interest
		close(exited)
	}()
	return nil
}

// children is empty: those of a killed Postgres notice, and end themselves.
func children(int) []int { return nil }
