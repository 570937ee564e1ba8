<?php
// An application of one person around the sample for the plain recipe.
require getenv('SAMPLE');

$kept = getenv('KEPT') . '/user.json';
$user = file_exists($kept) ? json_decode(file_get_contents($kept), true) : null;
session_start();
switch ($_SERVER['REQUEST_METHOD'] . ' ' . parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH)) {
    case 'GET /':
        echo $user === null ? 'nobody' : json_encode($user, JSON_UNESCAPED_UNICODE);
        break;
    case 'GET /plain/sign-in':
        header('Location: ' . sign_in_address());
        break;
    case 'GET /plain/back':
        $user = came_back($_GET);
        file_put_contents($kept, json_encode($user));
        header('Location: /');
        break;
    case 'POST /plain/ended':
        if ($user === null || !is_end_of($user, $_POST)) {
            http_response_code(400);
        } else {
            unlink($kept);
        }
        break;
    default:
        http_response_code(404);
}
