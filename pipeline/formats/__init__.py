"""Line formats that embedding services take."""
