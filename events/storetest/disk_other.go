//go:build !linux

package storetest

import (
	"errors"
	"syscall"
)

// ownMounts is nil: only Linux lets a process have mounts of its own.
func ownMounts() *syscall.SysProcAttr { return nil }

func mountMemory(string, int64) error { return errors.ErrUnsupported }
