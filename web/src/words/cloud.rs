//! The cloud side: who is online, messages pushed down, faults.

words! {
    /// The cloud side: who is online, messages pushed down, faults.
    Cloud {
        title: "The cloud side", "云端";
        lead: "What the platform sees: devices, who is online, and faults on demand.", "平台一侧：设备、在线状态，以及按需注入的故障。";
    }
}
