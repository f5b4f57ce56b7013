//! The operator's own templates, read from their directory.

use std::fs;
use std::io::Read;

use crate::config::Config;
use crate::report::labels::{Label, fill};
use crate::report::template::{LARGEST, OwnFile, SUBJECT, TemplateFault, Templates, is_template};
use crate::report::view::ReportView;

/// What the directory of `templates` holds.
pub struct Loaded {
    pub templates: Templates,
    /// Files that are not used, and why.
    pub faults: Vec<TemplateFault>,
    /// Names in the directory that are no template's.
    pub strangers: Vec<String>,
}

impl Loaded {
    /// A report's view with its subject, and the templates that can render it. Those that cannot
    /// are named in the report's own notices and in the log: the built-in ones take their place.
    pub fn dressed(&self, mut view: ReportView) -> Result<(ReportView, Templates), TemplateFault> {
        let (usable, unusable) = self.templates.clone().that_render(&view);
        for fault in self.faults.iter().chain(&unusable) {
            tracing::warn!(template = %fault.file, "the built-in template is used: {fault}");
            let said = [("fault", fault.to_string())];
            let said = said.each_ref().map(|(name, text)| (*name, text.as_str()));
            view.notices
                .push(fill(Label::TemplateFault, view.language, &said));
        }
        view.subject = rendered(&usable, SUBJECT, |templates| templates.subject(&view))?;
        Ok((view, usable))
    }
}

/// What an own template makes of a report, or the built-in one where it cannot: the trial knew no
/// sentence that was added since, and no report may be lost over that.
pub fn rendered<T>(
    templates: &Templates,
    name: &str,
    render: impl Fn(&Templates) -> Result<T, TemplateFault>,
) -> Result<T, TemplateFault> {
    match render(templates) {
        Err(fault) if templates.own().contains(name) => {
            tracing::warn!(template = %fault.file, "the built-in template is used: {fault}");
            render(&templates.without(name))
        }
        outcome => outcome,
    }
}

/// The built-in templates, with the operator's own in their place. What cannot be read is a fault
/// and no error: a report in the built-in form is better than none.
pub fn load(config: &Config) -> Loaded {
    let mut loaded = Loaded {
        templates: Templates::built_in(),
        faults: Vec::new(),
        strangers: Vec::new(),
    };
    let Some(directory) = &config.templates else {
        return loaded;
    };
    let fault = |file: String, error: &std::io::Error| TemplateFault {
        file,
        line: None,
        reason: format!("{error}; `templates` names the directory of your own templates"),
    };
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) => {
            let file = directory.display().to_string();
            loaded.faults.push(fault(file, &error));
            return loaded;
        }
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = match entry {
            Ok(entry) => entry.path(),
            Err(error) => {
                let file = directory.display().to_string();
                loaded.faults.push(fault(file, &error));
                continue;
            }
        };
        let name = path.file_name().map(|name| name.to_string_lossy());
        let name = name.map(|name| name.into_owned()).unwrap_or_default();
        if !is_template(&name) {
            loaded.strangers.push(name);
            continue;
        }
        let shown = path.display().to_string();
        let mut bytes = Vec::new();
        // One byte more than is taken tells that it is too large.
        let read = fs::File::open(&path)
            .and_then(|file| file.take(LARGEST as u64 + 1).read_to_end(&mut bytes));
        match read {
            Ok(_) => files.push(OwnFile { name, shown, bytes }),
            Err(error) => loaded.faults.push(fault(shown, &error)),
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    loaded.strangers.sort();
    let (templates, unreadable) = Templates::with(files);
    loaded.templates = templates;
    loaded.faults.extend(unreadable);
    loaded
}
