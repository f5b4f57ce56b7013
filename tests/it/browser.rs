//! A real Chromium without a window, driven over WebDriver: JSON over HTTP, as chromedriver speaks it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// A page that hangs is a failure with a name.
const PATIENCE: Duration = Duration::from_secs(120);

/// The key codes of WebDriver.
pub const TAB: &str = "\u{e004}";
pub const ENTER: &str = "\u{e007}";
pub const DOWN: &str = "\u{e015}";

/// What a reader looks at the page with.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    pub width: u32,
    pub height: u32,
    pub scheme: &'static str,
}

pub const PHONE: Screen = Screen {
    width: 400,
    height: 800,
    scheme: "light",
};
pub const DESK: Screen = Screen {
    width: 1100,
    height: 800,
    scheme: "light",
};

/// One browser with one window; both end when it is dropped.
pub struct Browser {
    driver: Child,
    port: u16,
    session: String,
}

impl Browser {
    pub fn start(screen: Screen) -> Browser {
        let spawned = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut driver = spawned.unwrap_or_else(|error| {
            panic!("chromedriver: {error}; apt-get install chromium chromium-driver")
        });
        let said = BufReader::new(driver.stdout.take().expect("its output"));
        let port = said
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                let port = line.split("successfully on port ").nth(1)?;
                port.trim_end_matches('.').parse().ok()
            })
            .expect("chromedriver says its port");
        let mut browser = Browser {
            driver,
            port,
            session: String::new(),
        };
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "goog:loggingPrefs": {"browser": "ALL"},
            "goog:chromeOptions": {"args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--hide-scrollbars"
            ]}
        }}});
        let answer = browser.call("POST", "/session", &wanted);
        browser.session = text(&answer["sessionId"]);
        browser.look_with(screen);
        browser
    }

    pub fn look_with(&self, screen: Screen) {
        self.devtools(
            "Emulation.setDeviceMetricsOverride",
            &json!({"width": screen.width, "height": screen.height, "deviceScaleFactor": 1,
                    "mobile": screen.width < 600}),
        );
        self.medium("screen", screen.scheme);
    }

    /// `screen` or `print`, `light` or `dark`.
    pub fn medium(&self, medium: &str, scheme: &str) {
        self.devtools(
            "Emulation.setEmulatedMedia",
            &json!({"media": medium,
                    "features": [{"name": "prefers-color-scheme", "value": scheme}]}),
        );
    }

    pub fn open(&self, path: &Path) {
        let url = format!("file://{}", path.display());
        self.of_session("POST", "/url", &json!({"url": url}));
    }

    /// The value that the body of a function returns.
    pub fn script(&self, body: &str) -> Value {
        self.of_session(
            "POST",
            "/execute/sync",
            &json!({"script": body, "args": []}),
        )
    }

    /// What a function hands to `done`.
    pub fn script_async(&self, body: &str) -> Value {
        let body = format!("const done = arguments[0]; {body}");
        self.of_session(
            "POST",
            "/execute/async",
            &json!({"script": body, "args": []}),
        )
    }

    /// Text of the first element that a selector finds.
    pub fn text(&self, selector: &str) -> String {
        let quoted = json!(selector);
        text(&self.script(&format!(
            "return document.querySelector({quoted}).textContent"
        )))
    }

    pub fn click(&self, selector: &str) {
        let element = self.element(selector);
        self.of_session("POST", &format!("/element/{element}/click"), &json!({}));
    }

    pub fn type_into(&self, selector: &str, text: &str) {
        let element = self.element(selector);
        let keys = json!({"text": text});
        self.of_session("POST", &format!("/element/{element}/value"), &keys);
        // Keys are answered when they are sent; a busy page takes them later.
        let value = format!("return document.querySelector({}).value", json!(selector));
        self.comes_to(&value, &json!(text));
    }

    /// Waits until a script says what it should.
    #[track_caller]
    pub fn comes_to(&self, body: &str, wanted: &Value) {
        let until = Instant::now() + PATIENCE;
        loop {
            let said = self.script(body);
            if said == *wanted {
                return;
            }
            assert!(Instant::now() < until, "{body}: {said}, not {wanted}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Presses keys one after the other, wherever the focus is.
    pub fn press(&self, keys: &str) {
        let acts: Vec<Value> = keys
            .chars()
            .flat_map(|key| {
                ["keyDown", "keyUp"].map(|what| json!({"type": what, "value": key.to_string()}))
            })
            .collect();
        let acts = json!({"actions": [{"type": "key", "id": "keyboard", "actions": acts}]});
        self.of_session("POST", "/actions", &acts);
    }

    /// What the console holds of the gravest level: errors, and what the page's policy refused.
    pub fn errors(&self) -> Vec<String> {
        let log = self.of_session("POST", "/se/log", &json!({"type": "browser"}));
        let log = log.as_array().expect("entries").iter();
        log.filter(|entry| entry["level"] == "SEVERE")
            .map(|entry| text(&entry["message"]))
            .collect()
    }

    /// So many pixels from where an element begins, as PNG in Base64.
    pub fn picture(&self, selector: &str, screen: Screen) -> String {
        let top = self.script(&format!(
            "const one = document.querySelector({}); \
             return Math.max(0, one.getBoundingClientRect().top + scrollY - 16)",
            json!(selector)
        ));
        let clip =
            json!({"x": 0, "y": top, "width": screen.width, "height": screen.height, "scale": 1});
        let wanted = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
        text(&self.devtools("Page.captureScreenshot", &wanted)["data"])
    }

    fn devtools(&self, command: &str, params: &Value) -> Value {
        let body = json!({"cmd": command, "params": params});
        self.of_session("POST", "/goog/cdp/execute", &body)
    }

    fn element(&self, selector: &str) -> String {
        let body = json!({"using": "css selector", "value": selector});
        let found = self.of_session("POST", "/element", &body);
        let reference = found.as_object().and_then(|found| found.values().next());
        text(reference.expect("an element"))
    }

    #[track_caller]
    fn of_session(&self, method: &str, path: &str, body: &Value) -> Value {
        self.call(method, &format!("/session/{}{path}", self.session), body)
    }

    #[track_caller]
    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let answer = self
            .exchange(method, path, body)
            .unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        let value = &answer["value"];
        assert!(value["error"].is_null(), "{method} {path}: {value}");
        value.clone()
    }

    fn exchange(&self, method: &str, path: &str, body: &Value) -> std::io::Result<Value> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let body = if method == "POST" {
            body.to_string()
        } else {
            String::new()
        };
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.port,
            body.len()
        )?;
        let mut reader = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            if line.trim().is_empty() {
                break;
            }
            let header = line.to_ascii_lowercase();
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().expect("a length");
            }
        }
        let mut answer = vec![0; length];
        reader.read_exact(&mut answer)?;
        Ok(serde_json::from_slice(&answer)?)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            let path = format!("/session/{}", self.session);
            if let Err(error) = self.exchange("DELETE", &path, &Value::Null) {
                eprintln!("the browser did not end: {error}");
            }
        }
        if let Err(error) = self.driver.kill().and_then(|()| self.driver.wait()) {
            eprintln!("chromedriver did not end: {error}");
        }
    }
}

#[track_caller]
fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value}"))
        .to_owned()
}
