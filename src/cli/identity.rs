//! Who gives a command: the login name of the process's user, as the system has it. Behind `sudo` it
//! is the one who called it. It proves nothing against the machine's administrator, nor between
//! people who share a login.

use std::os::unix::fs::MetadataExt;
use std::process::Command;

pub fn user() -> String {
    // Not from $USER, which everybody can set.
    let uid = std::fs::metadata("/proc/self").map(|meta| meta.uid());
    if let (Ok(0), Ok(caller)) = (&uid, std::env::var("SUDO_USER"))
        && !caller.is_empty()
    {
        return caller;
    }
    let named = Command::new("id").arg("-un").output();
    match (named, uid) {
        (Ok(output), _) if output.status.success() => {
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        }
        (_, Ok(uid)) => format!("uid {uid}"),
        _ => "an unknown user".to_owned(),
    }
}
