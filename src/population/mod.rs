//! Clients and caseworkers at month 0, and inflow. Knows neither arms nor time.
