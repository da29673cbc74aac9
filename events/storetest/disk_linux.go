package storetest

import (
	"fmt"
	"os"
	"syscall"
)

// ownMounts lets a process mount what nobody else sees: as root, or as the root of
// a world of its own, where its user stays who it is.
func ownMounts() *syscall.SysProcAttr {
	const capSysAdmin = 21
	if os.Geteuid() == 0 {
		return &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	}
	return &syscall.SysProcAttr{
		Cloneflags:   syscall.CLONE_NEWUSER,
		Unshareflags: syscall.CLONE_NEWNS,
		UidMappings:  []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}},
		GidMappings:  []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}},
		AmbientCaps:  []uintptr{capSysAdmin},
	}
}

// mountMemory mounts a disk of so many bytes, which ends with the process.
func mountMemory(dir string, size int64) error {
	return syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d,mode=755,uid=%d,gid=%d", size, os.Getuid(), os.Getgid()))
}
