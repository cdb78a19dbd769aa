pub struct DemoReport;
